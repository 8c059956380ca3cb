#include "serve/model_info.h"

#include <nlohmann/json.hpp>

namespace paragon::model_info {
namespace {

using nlohmann::json;

std::string text(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string version_of(const Catalog& catalog, const ServedModel& model) {
  return model.pinned ? catalog.variant(*model.pinned).version : "1";
}

json timed(const Timed& t) { return {{"count", t.count}, {"ns", t.total.count()}}; }

json stats_of(const std::string& name, const std::string& version, const ModelStatistics& m) {
  const Timed none;
  return {{"name", name},
          {"version", version},
          {"last_inference", m.last_unix_ms},
          {"inference_count", m.success.count},
          {"execution_count", m.success.count},
          {"inference_stats",
           {{"success", timed(m.success)},
            {"fail", timed(m.fail)},
            {"queue", timed(m.queue)},
            {"compute_input", timed(none)},
            {"compute_infer", timed(m.service)},
            {"compute_output", timed(none)},
            {"cache_hit", timed(none)},
            {"cache_miss", timed(none)}}},
          {"response_stats", json::object()},
          {"batch_stats", json::array()},
          {"memory_usage", json::array()}};
}

}  // namespace

std::string server_metadata() {
  return text({{"name", "paragon"},
               {"version", PARAGON_VERSION},
               {"extensions",
                {"binary_tensor_data", "model_repository", "model_configuration", "statistics",
                 "parameters", "raw_picture", "slo"}}});
}

bool is_static(const Task& task) {
  return task.input == InputKind::image && task.output == OutputKind::classes;
}

std::string model_name(const Catalog& catalog, const ServedModel& model) {
  return model.pinned ? catalog.variant(*model.pinned).name : catalog.task(model.task).name;
}

std::string metadata(const Catalog& catalog, const ServedModel& model) {
  const auto k = static_cast<std::int64_t>(catalog.task(model.task).top_k);
  return text({{"name", model_name(catalog, model)},
               {"versions", {version_of(catalog, model)}},
               {"platform", "paragon"},
               {"inputs", {{{"name", "image"}, {"datatype", "BYTES"}, {"shape", {1}}}}},
               {"outputs",
                {{{"name", "labels"}, {"datatype", "BYTES"}, {"shape", {1, k}}},
                 {{"name", "scores"}, {"datatype", "FP32"}, {"shape", {1, k}}}}}});
}

std::string config(const Catalog& catalog, const ServedModel& model) {
  const auto k = static_cast<std::int64_t>(catalog.task(model.task).top_k);
  // max_batch_size 0: the leading dimension is part of the shapes, one picture a request.
  return text({{"name", model_name(catalog, model)},
               {"platform", "paragon"},
               {"backend", "paragon"},
               {"version_policy", {{"latest", {{"num_versions", 1}}}}},
               {"max_batch_size", 0},
               {"input",
                {{{"name", "image"},
                  {"data_type", "TYPE_STRING"},
                  {"format", "FORMAT_NONE"},
                  {"dims", {1}},
                  {"is_shape_tensor", false},
                  {"allow_ragged_batch", false},
                  {"optional", false}}}},
               {"output",
                {{{"name", "labels"},
                  {"data_type", "TYPE_STRING"},
                  {"dims", {1, k}},
                  {"label_filename", ""},
                  {"is_shape_tensor", false}},
                 {{"name", "scores"},
                  {"data_type", "TYPE_FP32"},
                  {"dims", {1, k}},
                  {"label_filename", ""},
                  {"is_shape_tensor", false}}}},
               {"instance_group", json::array()},
               {"default_model_filename", ""},
               {"model_transaction_policy", {{"decoupled", false}}},
               {"parameters", json::object()}});
}

std::string statistics(const Controller& controller, const ServedModel* only) {
  const Catalog& catalog = controller.catalog();
  const Statistics& all = controller.statistics();
  json list = json::array();
  for (std::size_t i = 0; i < catalog.tasks().size(); ++i) {
    if (only != nullptr && (only->pinned || only->task.index() != i)) continue;
    list.push_back(stats_of(catalog.tasks()[i].name, "1", all.by_task[i]));
  }
  for (std::size_t i = 0; i < catalog.variants().size(); ++i) {
    if (only != nullptr && (!only->pinned || only->pinned->index() != i)) continue;
    const Variant& variant = catalog.variants()[i];
    list.push_back(stats_of(variant.name, variant.version, all.by_variant[i]));
  }
  return text({{"model_stats", std::move(list)}});
}

std::string repository_index(const Controller& controller, bool ready_only) {
  const Catalog& catalog = controller.catalog();
  const bool ready = controller.ready();
  json list = json::array();
  auto add = [&](const std::string& name, const std::string& version) {
    if (ready_only && !ready) return;
    list.push_back({{"name", name},
                    {"version", version},
                    {"state", ready ? "READY" : "UNAVAILABLE"},
                    {"reason", ready ? "" : "no machine is up yet and functions are off"}});
  };
  for (const Task& task : catalog.tasks()) add(task.name, "1");
  for (const Variant& variant : catalog.variants()) add(variant.name, variant.version);
  return text(list);
}

std::string model_list(const Catalog& catalog) {
  json list = json::array();
  for (const Task& task : catalog.tasks()) list.push_back(task.name);
  for (const Variant& variant : catalog.variants()) list.push_back(variant.name);
  return text({{"models", std::move(list)}});
}

}  // namespace paragon::model_info
