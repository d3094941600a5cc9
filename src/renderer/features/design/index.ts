export {DesignPage} from './DesignPage.tsx';
