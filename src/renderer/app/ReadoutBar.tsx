import type {ReactElement} from 'react';
export function ReadoutBar(): ReactElement {
  return <div style={{gridArea: 'readouts'}} />;
}
