export {AlignPage} from './AlignPage.tsx';
