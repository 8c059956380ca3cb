#include "worker/worker_pages.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "wire/json_text.h"

namespace paragon {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  json::append_string(out, text);
  return out;
}

struct Port {  // one input or output, as clients see it
  std::string name;
  oip::DataType type;
  std::vector<std::int64_t> shape;
};

// What the task promises where it has pictures and classes, what the network has elsewhere.
std::vector<Port> inputs_of(const Model& model) {
  if (model.takes_pictures()) return {{"image", oip::DataType::bytes, {-1}}};
  std::vector<Port> ports;
  for (const auto& spec : model.session->inputs())
    ports.push_back({spec.name, spec.type, spec.shape});
  return ports;
}

std::vector<Port> outputs_of(const Model& model) {
  if (model.gives_classes()) {
    return {{"labels", oip::DataType::bytes, {-1, -1}}, {"scores", oip::DataType::fp32, {-1, -1}}};
  }
  std::vector<Port> ports;
  for (const auto& spec : model.session->outputs()) {
    ports.push_back({spec.name, spec.type, spec.shape});
  }
  return ports;
}

std::string metadata_ports(const std::vector<Port>& ports) {
  std::string out;
  for (const Port& port : ports) {
    fmt::format_to(std::back_inserter(out), R"({}{{"name":{},"datatype":"{}","shape":[{}]}})",
                   out.empty() ? "" : ",", quoted(port.name), oip::name(port.type),
                   fmt::join(port.shape, ","));
  }
  return out;
}

std::string config_ports(const std::vector<Port>& ports) {
  std::string out;
  for (const Port& port : ports) {
    const std::string type =
        port.type == oip::DataType::bytes ? "STRING" : std::string(oip::name(port.type));
    fmt::format_to(std::back_inserter(out), R"({}{{"name":{},"data_type":"TYPE_{}","dims":[{}]}})",
                   out.empty() ? "" : ",", quoted(port.name), type, fmt::join(port.shape, ","));
  }
  return out;
}

}  // namespace

std::string server_page(const std::string& version) {
  return R"({"name":"paragon","version":)" + quoted(version) +
         R"(,"extensions":["binary_tensor_data","model_repository","model_configuration",)"
         R"("parameters","statistics"]})";
}

std::string models_page(const Catalog& catalog) {
  std::string out = R"({"models":[)";
  for (const Variant& variant : catalog.variants()) {
    if (out.back() != '[') out += ',';
    json::append_string(out, variant.name);
  }
  return out + "]}";
}

std::string metadata_page(const Model& model) {
  const Variant& variant = *model.variant;
  // The protocol gives an input one type; the other forms of a picture are told beside it.
  const std::string inputs = metadata_ports(inputs_of(model));
  return fmt::format(
      R"({{"name":{},"versions":[{}],"platform":"onnxruntime_onnx","inputs":[{}],"outputs":[{}],)"
      R"("parameters":{{"task":{},"accuracy":{},"precision":{}{}}}}})",
      quoted(variant.name), quoted(variant.version), inputs, metadata_ports(outputs_of(model)),
      quoted(model.task->name), variant.accuracy.top1.value, quoted(variant.precision),
      model.takes_pictures() ? R"(,"image_also":"UINT8 [H, W, 3] or [-1, -1, -1, 3], RGB")" : "");
}

std::string config_page(const Model& model) {
  // max_batch_size 0: clients send whole shapes; batching across requests is the worker's affair.
  return fmt::format(
      R"({{"name":{},"platform":"onnxruntime_onnx","backend":"onnxruntime","max_batch_size":0,)"
      R"("version_policy":{{"latest":{{"num_versions":1}}}},"input":[{}],"output":[{}],)"
      R"("model_transaction_policy":{{"decoupled":false}},"response_cache":{{"enable":false}}}})",
      quoted(model.variant->name), config_ports(inputs_of(model)), config_ports(outputs_of(model)));
}

std::string repository_page(const Catalog& catalog, const ModelStore& store, bool ready_only) {
  std::string out = "[";
  for (std::uint32_t i = 0; i < catalog.variants().size(); ++i) {
    const VariantId id{i};
    const Variant& variant = catalog.variant(id);
    const char* state = "UNAVAILABLE";
    switch (store.state(id)) {
      case ModelStore::State::unloaded:
        break;
      case ModelStore::State::loading:
        state = "LOADING";
        break;
      case ModelStore::State::ready:
        state = "READY";
        break;
      case ModelStore::State::unloading:
        state = "UNLOADING";
        break;
    }
    if (ready_only && store.state(id) != ModelStore::State::ready) continue;
    fmt::format_to(std::back_inserter(out),
                   R"({}{{"name":{},"version":{},"state":"{}","reason":{}}})",
                   out.size() > 1 ? "," : "", quoted(variant.name), quoted(variant.version), state,
                   quoted(store.last_failure(id)));
  }
  return out + "]";
}

}  // namespace paragon
