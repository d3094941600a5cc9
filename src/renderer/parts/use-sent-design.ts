import {useEffect} from 'react';
import {useLocation, useSearch} from 'wouter';

/** Takes the design that another page has sent here (`/campaign?design=FOLDER`) into a form, once. */
export function useSentDesign(path: string, take: (folder: string) => void): void {
  const [, navigate] = useLocation();
  const sent = new URLSearchParams(useSearch()).get('design');
  useEffect(() => {
    if (sent === null) return;
    take(sent);
    navigate(path, {replace: true});
  }, [sent, take, navigate, path]);
}
