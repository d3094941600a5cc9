import {Component, type ReactNode} from 'react';
import {Button, EmptyState} from '../parts/index.ts';

interface Props {
  readonly name: string;
  readonly children: ReactNode;
}

/** Keeps a page that fails from taking the frame and STOP with it. */
export class PageGuard extends Component<Props, {readonly problem: string | null}> {
  override readonly state = {problem: null};

  static getDerivedStateFromError(error: unknown): {readonly problem: string} {
    return {problem: error instanceof Error ? error.message : String(error)};
  }

  override render(): ReactNode {
    if (this.state.problem === null) return this.props.children;
    return (
      <EmptyState
        isWholePage
        title={`${this.props.name} cannot be drawn`}
        text={`The page failed (${String(this.state.problem)}). Bench and run are not touched by this, and STOP works.`}
      >
        <Button variant="primary" onPress={() => this.setState({problem: null})}>
          Draw it again
        </Button>
      </EmptyState>
    );
  }
}
