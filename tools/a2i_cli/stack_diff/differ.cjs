// Prints what @aws-cdk/cloudformation-diff says of two templates, as JSON.
// Arguments: the package's folder, the old template's file, the new one's.
"use strict";
const { readFileSync } = require("node:fs");
const [folder, ...files] = process.argv.slice(2);
const { fullDiff } = require(folder);
const [before, after] = files.map((file) => JSON.parse(readFileSync(file, "utf8")));
const found = fullDiff(before, after);

const resources = [];
found.resources.forEachDifference((id, change) => {
  resources.push({
    id,
    type: change.resourceType,
    impact: change.changeImpact,
    properties: Object.fromEntries(
      Object.entries(change.propertyUpdates).map(([name, update]) => [name, update.changeImpact]),
    ),
  });
});
console.log(JSON.stringify({ resources, iam: found.iamChanges._toJson() }));
