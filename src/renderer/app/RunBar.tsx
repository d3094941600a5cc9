import type {ReactElement} from 'react';
export function RunBar(): ReactElement {
  return <div style={{gridArea: 'run'}} />;
}
