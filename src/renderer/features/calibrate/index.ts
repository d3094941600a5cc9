export {CalibratePage} from './CalibratePage.tsx';
