// The worker's descriptions of itself in JSON: server, models, repository.
#pragma once

#include <string>

#include "catalog/catalog.h"
#include "worker/model_store.h"

namespace paragon {

std::string server_page(const std::string& version);  // GET /v2
std::string models_page(const Catalog& catalog);      // GET /v2/models
std::string metadata_page(const Model& model);        // GET /v2/models/{m}
std::string config_page(const Model& model);          // GET /v2/models/{m}/config
std::string repository_page(const Catalog& catalog, const ModelStore& store, bool ready_only);

}  // namespace paragon
