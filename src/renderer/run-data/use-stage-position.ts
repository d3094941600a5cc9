import {useEffect, useState} from 'react';
import {statusStore} from '../connection/index.ts';
import {LivePoint} from '../viewer/index.ts';

/** Where the stage is, mm, as the status tells it: a live point that maps draw without a render of React. */
export function useStagePosition(): LivePoint {
  const [place] = useState(() => new LivePoint());
  useEffect(() => {
    const take = (): void => {
      const position = statusStore.getState().status?.stage?.positionMm;
      const [xMm, yMm] = [position?.x, position?.y];
      if (xMm === undefined || yMm === undefined) {
        if (place.value) place.set(null);
      } else if (place.value?.xMm !== xMm || place.value.yMm !== yMm) place.set({xMm, yMm});
    };
    take();
    return statusStore.subscribe(take);
  }, [place]);
  return place;
}
