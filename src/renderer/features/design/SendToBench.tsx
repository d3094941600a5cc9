import {useState, type ReactElement} from 'react';
import {useLocation} from 'wouter';
import {useStatus} from '../../connection/index.ts';
import {BenchPlates, Button, Dialog} from '../../parts/index.ts';

/** Leads to the forms of campaign and scan with this design chosen, and says whose plates stand on the open bench. */
export function SendToBench({folder}: {readonly folder: string}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const [, navigate] = useLocation();
  const benchState = useStatus((status) => status?.bench.state ?? 'closed');
  const go = (page: 'campaign' | 'scan'): void => navigate(`/${page}?design=${encodeURIComponent(folder)}`);
  return (
    <>
      <Button onPress={() => setOpen(true)}>Send to bench</Button>
      {isOpen && (
        <Dialog
          title="Send to bench"
          isOpen
          onClose={() => setOpen(false)}
          buttons={
            <>
              <Button onPress={() => go('scan')}>Plan a scan</Button>
              <Button variant="primary" onPress={() => go('campaign')}>
                Plan a campaign
              </Button>
            </>
          }
        >
          <p>
            The form opens with this design chosen: what is measured is compared with its simulation, and its
            detector regions are drawn. Nothing moves yet.
          </p>
          {benchState === 'open' ? (
            <BenchPlates folder={folder} />
          ) : (
            <p>No bench is open. Once one is, the form says whether these plates stand on it.</p>
          )}
        </Dialog>
      )}
    </>
  );
}
