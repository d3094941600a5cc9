import {useEffect, useRef} from 'react';
import type {ColourMapName} from '../colour/colour-maps.ts';
import type {ValueRange, ValueScale} from '../colour/value-scale.ts';
import {LivePlane} from '../plane/live-plane.ts';
import {planeBoundsMm, type Plane} from '../plane/plane.ts';
import {aspectOf} from '../canvas-geometry.ts';
import {remOf, useThemeTokens} from '../theme-tokens.ts';
import {usePlaneVersion} from '../heat-map/use-plane-version.ts';
import {PictureCache} from './picture-cache.ts';
import {paintPlanePicture} from './plane-picture.ts';
import styles from './Thumbnail.module.css';

/** Props of {@link Thumbnail}. */
export interface ThumbnailProps {
  /** Text alternative; empty where the words beside it say the same (a list entry). */
  readonly label: string;
  readonly plane: Plane;
  /** Longer side, drawing pixels: it grows with everything else. */
  readonly sizePx: number;
  readonly colourMap?: ColourMapName;
  readonly scale?: ValueScale;
  readonly range?: ValueRange | 'auto';
  /** Unit of the values; gives a phase map its whole turn. */
  readonly unit?: string;
}

const cache = new PictureCache(400);

/** A small picture of a plane without axes; painted once and kept, so that lists of hundreds stay cheap. */
export function Thumbnail(props: ThumbnailProps) {
  const {label, plane, sizePx, colourMap = 'viridis', scale = 'linear', range = 'auto', unit = ''} = props;
  const tokens = useThemeTokens();
  const ref = useRef<HTMLCanvasElement>(null);
  const version = usePlaneVersion(plane, 500);
  const aspect = aspectOf(planeBoundsMm(plane));
  const width = aspect >= 1 ? sizePx : sizePx * aspect;
  const height = aspect >= 1 ? sizePx / aspect : sizePx;
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    const ratio = (window.devicePixelRatio || 1) * tokens.scale;
    const size = {
      width: Math.max(1, Math.round(width * ratio)),
      height: Math.max(1, Math.round(height * ratio)),
    };
    const style = {colourMap, scale, range, unit, isMirrored: false};
    const key = JSON.stringify([size, style, tokens.hatch, tokens.surface1]);
    const paint = (target: HTMLCanvasElement) => paintPlanePicture(target, plane, style, {tokens, ratio});
    cache.paintInto(canvas, size, {
      subject: plane,
      style: plane instanceof LivePlane ? `${key} ${version}` : key,
      paint,
    });
  }, [plane, width, height, colourMap, scale, range, unit, tokens, version]);
  return (
    <canvas
      ref={ref}
      className={styles.thumbnail}
      style={{width: remOf(width), height: remOf(height)}}
      {...(label ? {role: 'img', 'aria-label': label} : {'aria-hidden': true})}
    />
  );
}
