package org.kintell.backfill.api;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers which processes load chunks on this database. */
@RestController
class NodeController {

  private final NodeListing nodes;

  NodeController(NodeListing nodes) {
    this.nodes = nodes;
  }

  @GetMapping("/import/backfill/nodes")
  NodeListing.Nodes list() {
    return nodes.list();
  }
}
