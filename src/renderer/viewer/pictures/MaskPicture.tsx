import {useEffect, useRef} from 'react';
import {contextOf} from '../canvas-layer.ts';
import {aspectOf} from '../canvas-geometry.ts';
import {planeBoundsMm, type Plane} from '../plane/plane.ts';
import {useThemeTokens, type ThemeTokens} from '../theme-tokens.ts';
import styles from './MaskPicture.module.css';
import {paintPlanePicture} from './plane-picture.ts';

/** Corner or side of a mask at which its notch is, as seen from the source. */
export type NotchPlace =
  | 'top-left'
  | 'top'
  | 'top-right'
  | 'right'
  | 'bottom-right'
  | 'bottom'
  | 'bottom-left'
  | 'left';

/** Props of {@link MaskPicture}. */
export interface MaskPictureProps {
  /** What it is, e.g. `Mask of digit 7, sample 12`. */
  readonly label: string;
  /** Transmission 0..1 on the object plane, as seen looking along the beam: x to the right as on the maps. */
  readonly plane: Plane;
  /** Where the operator stands. From the detector left and right are exchanged. */
  readonly viewedFrom: 'source' | 'detector';
  /** Where the notch is when seen from the source; missing for masks without one. */
  readonly notch?: NotchPlace;
}

/** Margin around the mask in canvas pixels: room for the mark of the notch. */
const marginPx = 32;

/** A mask as the operator holds it before the holder: open parts light, opaque ones dark, the notch marked. */
export function MaskPicture({label, plane, viewedFrom, notch}: MaskPictureProps) {
  const tokens = useThemeTokens();
  const ref = useRef<HTMLCanvasElement>(null);
  const isMirrored = viewedFrom === 'detector';
  const seen = notch && (isMirrored ? mirrored(notch) : notch);
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    // Sharp at the sizes at which masks are shown: a whole number of pixels a cell.
    const scale = Math.max(1, Math.ceil(640 / Math.max(plane.columns, plane.rows)));
    const picture = document.createElement('canvas');
    picture.width = plane.columns * scale;
    picture.height = Math.round(picture.width / aspectOf(planeBoundsMm(plane)));
    const style = {colourMap: 'grey', scale: 'linear', range: [0, 1], unit: '', isMirrored} as const;
    paintPlanePicture(picture, plane, style, {tokens, ratio: 1});
    canvas.width = picture.width + 2 * marginPx;
    canvas.height = picture.height + 2 * marginPx;
    const context = contextOf(canvas);
    context.drawImage(picture, marginPx, marginPx);
    context.strokeStyle = tokens.line;
    context.lineWidth = 2;
    context.strokeRect(marginPx, marginPx, picture.width, picture.height);
    if (seen) paintNotch(context, seen, tokens);
  }, [plane, isMirrored, seen, tokens]);
  const side = `Seen from the ${viewedFrom} side`;
  const notchText = seen ? `, notch ${seen.replace('-', ' ')}` : '';
  return (
    <figure className={styles.figure}>
      <div className={styles.frame}>
        <canvas
          ref={ref}
          className={styles.picture}
          role="img"
          aria-label={`${label}. ${side}${notchText}. Light is open, dark is opaque.`}
        />
      </div>
      <figcaption className={styles.caption}>
        {side}
        {notchText}
      </figcaption>
    </figure>
  );
}

/** The same place after left and right are exchanged. */
export function mirrored(notch: NotchPlace): NotchPlace {
  if (notch.includes('left')) return notch.replace('left', 'right') as NotchPlace;
  return notch.replace('right', 'left') as NotchPlace;
}

/** The notch as a mark on the edge of the mask, in the margin's canvas pixels. */
function paintNotch(context: CanvasRenderingContext2D, notch: NotchPlace, tokens: ThemeTokens): void {
  const {width, height} = context.canvas;
  const x = notch.includes('left') ? marginPx : notch.includes('right') ? width - marginPx : width / 2;
  const y = notch.includes('top') ? marginPx : notch.includes('bottom') ? height - marginPx : height / 2;
  context.beginPath();
  context.arc(x, y, marginPx * 0.8, 0, 2 * Math.PI);
  context.fillStyle = tokens.attention;
  context.fill();
  context.strokeStyle = tokens.surface1;
  context.lineWidth = 6;
  context.stroke();
}
