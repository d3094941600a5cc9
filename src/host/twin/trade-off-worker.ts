import type {TradeOffStudy} from '../../contract/trade-off.ts';
import {serveOnce} from '../threads/serve-once.ts';
import type {StudyNews} from './study-news.ts';
import {studyTradeOff, type TradeOffRequest} from './trade-off.ts';

// Entry of the thread that leads a trade-off study for `tradeOffApart`; the threads that compute are its own.
await serveOnce<TradeOffRequest, TradeOffStudy, StudyNews>((request, {signal, onProgress}) =>
  studyTradeOff(request, {signal, onNews: onProgress}),
);
