import {createGuideService, type GuideService} from '../guide/guide-service.ts';
import {predictSession} from '../alignment/predict-session.ts';
import {dataServicesOf} from './data-services.ts';
import {designFolderFor} from './design-of-bench.ts';
import {os} from './procedures.ts';
import type {HostServices} from '../services.ts';

/** The guided alignment: its steps are measured as jobs on the open bench and decided by a person. */
export const alignGuideApi = (services: HostServices) => {
  const {store, data, bench, hostId, settings} = services;
  const threads = dataServicesOf(services);
  const guideService: GuideService = createGuideService({
    store,
    data,
    hours: () => settings.get().calibrationHours,
    evaluate: (sessionUid) => threads.analysis.ask('evaluate', {sessionUid, reportFolder: data.reportFolder}),
    onPlaced: (placed) => predictSession(store, placed, threads),
  });
  return {
    list: os.alignGuide.list.handler(async ({signal}) => ({
      guides: await threads.lookups.ask('guides', {live: guideService.live()}, signal),
    })),

    begin: os.alignGuide.begin.handler(
      async ({input: {designFolder, title, operator: named, ...options}, context}) => {
        const folder = designFolderFor(bench, designFolder);
        const operator = named ?? context.operator();
        return guideService.begin(bench.requireOpen(), {
          design: await threads.designs.open(folder),
          designFolder: folder,
          options,
          title,
          ...(operator === '' ? {} : {operator}),
        });
      },
    ),

    state: os.alignGuide.state.handler(async ({input: {sessionUid, after, waitMs}, signal}) => ({
      hostId,
      lostCount: 0,
      ...(await guideService.follow(sessionUid, {after, waitMs, signal})),
    })),

    run: os.alignGuide.run.handler(({input: {sessionUid, stepId, ...given}, context}) => {
      const open = bench.requireOpen();
      guideService.assertMayRun(open, {sessionUid, stepId});
      const operator = given.operator ?? context.operator();
      const step = guideService.get(sessionUid).steps.find(({id}) => id === stepId);
      return bench.startJob({
        kind: 'align-guide',
        settingsPolicy: given.onSettings,
        isAttended: given.isAttended,
        title: `guided alignment: ${step?.title ?? stepId}`,
        async run(onBench, hooks) {
          await guideService.run(
            onBench,
            {sessionUid, stepId, ...(operator === '' ? {} : {operator})},
            hooks,
          );
        },
      });
    }),

    correct: correctHandler(services, guideService),

    decide: os.alignGuide.decide.handler(({input: {operator, ...decision}, context}) =>
      guideService.decide({...decision, author: operator ?? (context.operator() || context.client)}),
    ),

    planes: os.alignGuide.planes.handler(({input, signal}) =>
      threads.lookups.ask('guidePlanes', input, signal),
    ),
  };
};

const correctHandler = ({bench}: HostServices, guideService: GuideService) =>
  os.alignGuide.correct.handler(({input: {sessionUid, operator: named}, context}) => {
    bench.requireOpen();
    const operator = named ?? context.operator();
    return bench.startJob({
      kind: 'correction',
      title: 'correction of a guided alignment',
      async run(onBench, {signal, onText}) {
        const who = operator === '' ? {} : {operator};
        for (const text of await guideService.correct(onBench, {sessionUid, ...who}, {signal})) onText(text);
      },
    });
  });
