/** What skeletons of all spaces share. */
export { type Skeleton, skeletonOf } from '../src/spaces/skeleton.js';
