export declare const compileCache: {NODE_COMPILE_CACHE: string};
