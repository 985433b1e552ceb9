/** How a task is called before people. */

const DIGEST = /-[0-9a-f]{20}$/;
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/**
 * Its review's title, or id; without one the loop's name, or when it started where that is a digest.
 */
export function taskName({ reviewTitle, reviewId, humanLoopName, createdAt }) {
  if (reviewTitle) return reviewTitle;
  if (reviewId) return reviewId;
  if (!DIGEST.test(humanLoopName)) return humanLoopName;
  return `Review of ${MOMENT.format(new Date(createdAt))}`;
}

/** With the review's id, which those who sent it know, beside its title. */
export function taskNames(task) {
  const id = task.reviewTitle ? task.reviewId : null;
  return [taskName(task), id].filter(Boolean).join(" · ");
}
