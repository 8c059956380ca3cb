#include "app/serve_config.h"

#include <filesystem>

#include "app/data_dir.h"

namespace paragon {

Result<ServeConfig> serve_config(const std::string& file) {
  ServeConfig config;
  if (!file.empty()) {
    auto loaded = load_config(file);
    if (!loaded) return loaded.error();
    config = std::move(loaded).value();
    const auto beside = std::filesystem::absolute(file).parent_path();
    for (std::string* path :
         {&config.catalog, &config.models_dir, &config.journal, &config.gateway.tls_certificate,
          &config.gateway.tls_key, &config.functions_zip}) {
      if (!path->empty()) *path = (beside / *path).lexically_normal().string();
    }
  }
  if (config.catalog.empty()) {
    auto shipped = find_shipped("data/local/catalog.yaml");
    if (!shipped) return shipped.error();
    config.catalog = *shipped;
  }
  return config;
}

}  // namespace paragon
