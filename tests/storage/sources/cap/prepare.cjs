// Makes a project that serves SAP's own models as they are: node prepare.cjs MODULES PROJECT
const fs = require("fs");
const path = require("path");
const [, , modules, project] = process.argv;
const vendor = path.join(modules, "@sap");

fs.mkdirSync(path.join(project, "srv"), { recursive: true });
for (const name of fs.readdirSync(vendor).filter((one) => one.startsWith("cloud-sdk-vdm-"))) {
  const folder = path.join(vendor, name);
  const file = fs.readdirSync(folder).find((one) => one.endsWith("-csn.json"));
  const model = JSON.parse(fs.readFileSync(path.join(folder, file), "utf8"));
  for (const [full, one] of Object.entries(model.definitions)) {
    if (one.kind === "service") one["@path"] = `/${full}`;
    // they describe a remote service; here they are to have tables
    delete one["@cds.persistence.skip"];
    for (const [field, kind] of Object.entries(one.elements ?? {})) {
      // a link to many without a condition can't be compiled
      if (kind.type === "cds.Association" && !kind.on && !kind.keys) delete one.elements[field];
    }
  }
  fs.writeFileSync(path.join(project, "srv", file.replace("-csn.json", ".csn")), JSON.stringify(model));
}
