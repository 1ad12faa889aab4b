// Reads panels with the answers of Prometheus to their queries, and writes what Grafana's own code
// makes of each: the names of its columns, and every cell as text.
globalThis.navigator = { language: "en", languages: ["en"] };
const data = require("@grafana/data");
const { firstValueFrom } = require("rxjs");
globalThis.window = globalThis; // not before: what is loaded above would take this for a browser

const known = [...new Map(Object.values(data.standardTransformers).map((each) => [each.id, each])).values()];
data.standardTransformersRegistry.setInit(() =>
  known.map((each) => ({ id: each.id, aliasIds: each.aliasIds, name: each.name, transformation: async () => each }))
);

const option = (id) => ({
  id,
  path: id.replace("custom.", ""),
  name: id,
  isCustom: id.startsWith("custom."),
  process: (value) => value,
  shouldApply: () => true,
});
const options = ["unit", "mappings", "thresholds", "links", "color", "noValue", "custom.width", "custom.cellOptions"];
const registry = new data.FieldConfigOptionsRegistry(() => options.map(option));
const units = data.getValueFormats().flatMap((group) => group.submenu.map((unit) => unit.value));

// As Grafana's data source for Prometheus gives a table: time, labels by name, value.
function frame(refId, rows, only) {
  const labels = [...new Set(rows.flatMap((row) => Object.keys(row.metric)))].sort();
  const texts = labels.map((name) => ({ name, type: "string", values: rows.map((row) => row.metric[name] ?? "") }));
  const time = { name: "Time", type: "time", values: rows.map((row) => row.value[0] * 1000) };
  const name = only ? "Value" : `Value #${refId}`;
  const value = { name, type: "number", values: rows.map((row) => Number(row.value[1])) };
  return data.toDataFrame({ refId, fields: [time, ...texts, value] });
}

async function shown({ panel, answers }) {
  const frames = answers.map((rows, at) => frame(panel.targets[at].refId, rows, answers.length === 1));
  const made = await firstValueFrom(data.transformDataFrame(panel.transformations, frames));
  const given = { data: made, fieldConfig: panel.fieldConfig, fieldConfigRegistry: registry };
  const theme = data.createTheme();
  const [table, ...more] = data.applyFieldOverrides({ ...given, replaceVariables: (text) => text, theme, timeZone: "utc" });
  const columns = table.fields.map((field) => data.getFieldDisplayName(field, table, [table]));
  const cells = table.fields.map((field) => field.values.map((value) => data.formattedValueToString(field.display(value))));
  return { frames: 1 + more.length, columns, rows: Array.from({ length: table.length }, (_, row) => cells.map((column) => column[row])) };
}

(async () => {
  const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const tables = [];
  for (const each of asked) tables.push(await shown(each));
  process.stdout.write(JSON.stringify({ units, tables }));
})();
