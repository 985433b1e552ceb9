/** How a task is called before people. */

const DIGEST = /-[0-9a-f]{20}$/;
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** Its review's id; without one the loop's name, or when it started where that is a digest. */
export function taskName({ reviewId, humanLoopName, createdAt }) {
  if (reviewId) return reviewId;
  if (!DIGEST.test(humanLoopName)) return humanLoopName;
  return `Review of ${MOMENT.format(new Date(createdAt))}`;
}
