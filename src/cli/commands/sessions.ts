import type {Command} from 'commander';
import {listSessions, reportSession, showSession, verifyData} from '../../host/compose.ts';
import type {CliContext} from '../context.ts';
import {writeCampaignSummary} from '../output/index.ts';

/** `sessions` and `report`: what was measured, and what it says, again from the stored points. */
export function addSessionCommands(program: Command, context: CliContext): void {
  const {output} = context;
  const sessions = program.command('sessions').description('the log: what was measured, when, by whom');

  sessions
    .command('list')
    .description('sessions, newest first')
    .option('--json', 'print the result as one JSON object')
    .action(async () => {
      const found = await listSessions();
      if (found.length === 0) output.line('No sessions yet. d2nn-bench campaign makes the first one.');
      else {
        output.table(
          [
            {title: 'session', align: 'left'},
            {title: 'begun (UTC)', align: 'left'},
            {title: 'operator', align: 'left'},
            {title: 'bench', align: 'left'},
            {title: 'runs'},
            {title: 'title', align: 'left'},
          ],
          found.map((s) => [s.uid, s.createdAt, s.operator, s.benchName, s.runCount, s.title]),
        );
      }
      output.result({sessions: found});
    });

  sessions
    .command('show')
    .argument('<session>', 'uid of the session, or its beginning')
    .description('runs, notes and calibrations of a session')
    .option('--json', 'print the result as one JSON object')
    .action(async (uid: string) => {
      const {session, runs, notes, calibrations} = await showSession(uid);
      output.heading(session.title);
      output.line(`session  ${session.uid}`);
      output.line(`begun    ${session.createdAt} by ${session.operator} on ${session.benchName}`);
      output.line(`ended    ${session.closedAt ?? 'not closed'}`);
      output.line(`design   ${session.designHash ?? 'none'}`);
      output.heading('Runs');
      output.table(
        [
          {title: 'run'},
          {title: 'plan', align: 'left'},
          {title: 'sample', align: 'left'},
          {title: 'points'},
          {title: 'ended as', align: 'left'},
          {title: 'reason', align: 'left'},
        ],
        runs.map((r) => [
          r.scanId,
          r.planName,
          r.sample ?? '',
          r.pointCount,
          r.exitStatus ?? 'under way',
          r.reason ?? '',
        ]),
      );
      output.heading('Notes');
      for (const note of notes) output.line(`${new Date(note.timeS * 1000).toISOString()} ${note.text}`);
      output.heading('Calibrations');
      for (const c of calibrations)
        output.line(`${new Date(c.timeS * 1000).toISOString()} ${c.kind} ${c.uid}`);
      output.result({session, runs, notes, calibrations});
    });

  sessions
    .command('verify')
    .description('read the whole database and say what is not as it was stored; changes nothing')
    .option('--json', 'print the result as one JSON object')
    .action(async () => {
      const check = await verifyData();
      output.line(`database   ${check.path}`);
      output.line(
        `read       ${check.runCount} runs, ${check.pointCount} points, ${check.artifactCount} artifacts`,
      );
      if (check.uncheckedPointCount > 0)
        output.line(
          `unchecked  ${check.uncheckedPointCount} points of an earlier version, which stored no checksums`,
        );
      output.line(check.damageCount === 0 ? 'damage     none' : `damage     ${check.damageCount}`);
      if (check.damage.length > 0)
        output.table(
          [
            {title: 'where', align: 'left'},
            {title: 'what', align: 'left'},
          ],
          check.damage.map(({where, text}) => [where, text]),
        );
      if (check.damageCount > check.damage.length)
        output.line(`The first ${check.damage.length} are listed.`);
      output.result(check);
      if (check.damageCount > 0) process.exitCode = 1;
    });

  program
    .command('report')
    .argument('<session>', 'uid of the session, or its beginning')
    .description('compare and report a campaign again from its stored raw points')
    .option('--picture <file>', 'also masks, measured and simulated planes as one PNG')
    .option('--json', 'print the result as one JSON object')
    .action(async (uid: string, options: {picture?: string}) => {
      const {result, json, reportPath} = await reportSession(uid, options.picture);
      writeCampaignSummary(output, result);
      output.line(`report  ${reportPath}`);
      output.result(json);
    });
}
