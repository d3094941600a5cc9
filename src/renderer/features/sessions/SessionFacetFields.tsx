import {memo, type ReactElement} from 'react';
import {Disclosure, DisclosurePanel} from 'react-aria-components';
import {Button, Checkbox, SearchField, Select, TextField, type Option} from '../../parts/index.ts';
import {
  changeSessionFilter,
  dayStartS,
  everySession,
  isFiltering,
  useSessionFilter,
  type SessionFacets,
} from './session-filter.ts';
import styles from './SessionsPage.module.css';

/** Text search over titles, operators, samples, tags and notes. */
export function SessionSearchField(): ReactElement {
  const {text} = useSessionFilter();
  return (
    <SearchField
      label="Search sessions"
      placeholder="Search title, sample, note ..."
      value={text}
      onChange={(next) => changeSessionFilter({text: next})}
    />
  );
}

const any = '';

/** What the list is narrowed to, field by field; folded away where there is little room. */
export const SessionFacetFields = memo(function SessionFacetFields(props: {
  readonly facets: SessionFacets | undefined;
  readonly isFolded: boolean;
}): ReactElement {
  if (!props.isFolded) return <FacetFields facets={props.facets} />;
  return (
    <Disclosure>
      <Button slot="trigger" isCompact>
        Filters
      </Button>
      <DisclosurePanel>
        <FacetFields facets={props.facets} />
      </DisclosurePanel>
    </Disclosure>
  );
});

function FacetFields({facets}: {readonly facets: SessionFacets | undefined}): ReactElement {
  const filter = useSessionFilter();
  return (
    <div className={styles.facetFields}>
      <FacetSelect
        label="Operator"
        all="all operators"
        value={filter.operator}
        options={plain(facets?.operators)}
        onChange={(operator) => changeSessionFilter({operator})}
      />
      <FacetSelect
        label="Design"
        all="all designs"
        value={filter.designHash}
        options={(facets?.designs ?? []).map(({hash, name}) => ({
          value: hash,
          label: `${name || 'unnamed'} ${hash.replace('sha256:', '').slice(0, 6)}`,
        }))}
        onChange={(designHash) => changeSessionFilter({designHash})}
      />
      <FacetSelect
        label="Digit measured"
        all="all digits"
        value={filter.label}
        options={plain(facets?.labels)}
        onChange={(label) => changeSessionFilter({label})}
      />
      <FacetSelect
        label="Tag"
        all="all tags"
        value={filter.tag}
        options={plain(facets?.tags)}
        onChange={(tag) => changeSessionFilter({tag})}
      />
      <DayField
        label="From"
        value={filter.sinceDay}
        onChange={(sinceDay) => changeSessionFilter({sinceDay})}
      />
      <DayField
        label="Until"
        value={filter.untilDay}
        onChange={(untilDay) => changeSessionFilter({untilDay})}
      />
      <Checkbox
        isSelected={filter.withArchived}
        onChange={(withArchived) => changeSessionFilter({withArchived})}
      >
        With archived
      </Checkbox>
      <Button
        variant="quiet"
        isDisabled={!isFiltering(filter) && !filter.withArchived}
        onPress={() => changeSessionFilter(everySession)}
      >
        Clear filters
      </Button>
    </div>
  );
}

const plain = (values: readonly string[] = []): readonly Option<string>[] =>
  values.filter((value) => value !== '').map((value) => ({value, label: value}));

function FacetSelect(props: {
  readonly label: string;
  readonly all: string;
  readonly value: string | null;
  readonly options: readonly Option<string>[];
  readonly onChange: (value: string | null) => void;
}): ReactElement {
  const {label, all, value, options, onChange} = props;
  // A filter that no session has any more stays choosable, or it could not be seen why the list is empty.
  const known = value === null || options.some((option) => option.value === value);
  return (
    <Select
      label={label}
      value={value ?? any}
      options={[
        {value: any, label: all},
        ...options,
        ...(known || value === null ? [] : [{value, label: value}]),
      ]}
      onChange={(next) => onChange(next === any ? null : next)}
      isDisabled={options.length === 0 && value === null}
    />
  );
}

function DayField(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}): ReactElement {
  const {label, value, onChange} = props;
  const isHalf = value !== '' && dayStartS(value) === undefined;
  return (
    <TextField
      label={label}
      kind="date"
      value={value}
      onChange={onChange}
      problem={isHalf ? 'Write the day as 2026-11-24.' : undefined}
    />
  );
}
