import {useEffect, useState} from 'react';
import {useStore} from 'zustand';
import {createDraftStore} from '../parts/index.ts';
import {findGpu} from './gpu-thread.ts';
import {offerGpu, type GpuOffer} from './offer-gpu.ts';

const placeStore = createDraftStore<{readonly isOnGpu: boolean}>('compute-place', {isOnGpu: false});

/** Where the next training is to be computed. */
export interface ComputePlace {
  /** Name of this computer's GPU; null where the browser lends none. */
  readonly gpuName: string | null;
  readonly isOnGpu: boolean;
  readonly choose: (isOnGpu: boolean) => void;
  /**
   * Begins something with an offer of the GPU, or without one as chosen; an offer is withdrawn when it was not begun.
   * Throws what `begin` throws.
   */
  readonly begin: <Begun>(
    begin: (offer: Partial<Pick<GpuOffer, 'gpuId'>>) => Promise<Begun>,
  ) => Promise<Begun>;
}

/** Looks for a GPU when it is first used. */
export function useComputePlace(): ComputePlace {
  const [gpuName, setGpuName] = useState<string | null>(null);
  const {isOnGpu: isWanted} = useStore(placeStore);
  useEffect(() => {
    let isShown = true;
    void findGpu().then((name) => isShown && setGpuName(name));
    return () => {
      isShown = false;
    };
  }, []);
  const isOnGpu = isWanted && gpuName !== null;
  return {
    gpuName,
    isOnGpu,
    choose: (wanted) => placeStore.setState({isOnGpu: wanted}),
    begin: async (start) => {
      if (!isOnGpu) return await start({});
      const {gpuId, withdraw} = await offerGpu(gpuName);
      try {
        return await start({gpuId});
      } catch (error) {
        withdraw();
        throw error;
      }
    },
  };
}
