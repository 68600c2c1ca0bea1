// Adds "Jobs" to Flower's navigation, and makes links of job ids wherever Flower shows a task.
// Text is only ever put in as text; ids are hexadecimal.
(function () {
  "use strict";
  const field = document.getElementById("url_prefix");
  const prefix = field && field.value ? "/" + field.value.replace(/^\/+|\/+$/g, "") : "";
  const JOB = /'job_id': '([0-9a-f]{16})'/;

  const navigation = document.querySelector("ul.app-nav");
  if (navigation) {
    const item = document.createElement("li");
    const anchor = document.createElement("a");
    const here = location.pathname.startsWith(prefix + "/job");
    item.className = "nav-item";
    anchor.className = "nav-link" + (here ? " active" : "");
    anchor.href = prefix + "/jobs";
    anchor.textContent = "Jobs";
    item.append(anchor);
    navigation.prepend(item);
  }

  function linkIn(cell) {
    if (cell.querySelector("a.qcjobs-job")) return;
    const found = JOB.exec(cell.textContent);
    if (!found) return;
    const anchor = document.createElement("a");
    anchor.className = "qcjobs-job";
    anchor.href = prefix + "/job/" + found[1];
    anchor.textContent = "job " + found[1].slice(0, 8);
    anchor.title = "What the ledger knows of this job";
    cell.prepend(anchor, " ");
  }

  function linkAll() {
    // The table of tasks is filled in by Flower's own script, again and again.
    document.querySelectorAll("#tasks-table tbody td, .task-data-row dd").forEach(linkIn);
  }

  linkAll();
  const main = document.getElementById("main-content");
  if (main) new MutationObserver(linkAll).observe(main, { childList: true, subtree: true });
})();
