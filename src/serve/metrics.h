// /metrics: the counters in Prometheus's text format, native paragon_* names beside the
// nv_inference_* names that dashboards made for Triton expect. Rendered on each scrape.
#pragma once

#include <string>

#include "serve/controller.h"

namespace paragon {

std::string render_metrics(const Controller& controller);

}  // namespace paragon
