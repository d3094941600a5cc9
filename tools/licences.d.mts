export interface ShippedPackage {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly part: 'program' | 'window';
}
export function shippedPackages(root?: string): ShippedPackage[];
export function licencesPage(root?: string): string;
