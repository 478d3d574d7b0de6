import { sealInThisThread } from '../src/store/allocation/sealing-thread.ts';

sealInThisThread();
