// Reads KQL queries as a JSON array on stdin and gives, for each, what Microsoft's own language
// service says of it against the tables of Resource Graph: a JSON array of lists of messages.
require("@kusto/language-service-next/bridge.js");
require("@kusto/language-service-next/Kusto.Language.Bridge.js");

const { GlobalState, KustoCode, Symbols } = Kusto.Language;
const columns =
  "(id: string, name: string, type: string, tenantId: string, ['kind']: string, location: string, " +
  "resourceGroup: string, subscriptionId: string, managedBy: string, sku: dynamic, plan: dynamic, " +
  "['properties']: dynamic, tags: dynamic, identity: dynamic, zones: dynamic, extendedLocation: dynamic)";
const tables = ["resources", "resourcecontainers", "recoveryservicesresources", "resourcechanges"].map(
  (name) => Symbols.TableSymbol.From(columns).WithName(name),
);
const database = new Symbols.DatabaseSymbol.ctor("graph", tables);
const state = GlobalState.Default.WithDatabase(database);

const queries = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const said = queries.map((query) => {
  const code = KustoCode.ParseAndAnalyze(query, state);
  const found = code.GetDiagnostics();
  return Array.from({ length: found.Count }, (_, n) => found.getItem(n).Message);
});
process.stdout.write(JSON.stringify(said));
