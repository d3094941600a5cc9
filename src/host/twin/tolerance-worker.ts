import type {ToleranceStudy} from '../../contract/tolerance.ts';
import {loadDesignFolder} from '../designs/design-folder.ts';
import {serveOnce} from '../threads/serve-once.ts';
import {imagesOf} from './images-of.ts';
import type {StudyNews} from './study-news.ts';
import {studyTolerances} from './tolerance.ts';
import type {ToleranceRequest} from './twin-threads.ts';

// Entry of the thread that leads a tolerance study for `toleranceApart`; the threads that compute are its own.
await serveOnce<ToleranceRequest, ToleranceStudy, StudyNews>(
  async ({images: wanted, ...request}, {signal, onProgress}) => {
    const design = await loadDesignFolder(request.designFolder);
    const images = await imagesOf(wanted, design.file);
    return await studyTolerances({...request, design, images, signal, onNews: onProgress});
  },
);
