// The infer endpoint: a request of the Open Inference Protocol in, a query for the controller, and
// its verdict back in the form the client asked for.
//
// What the client sent as a picture or in binary goes to the worker as the same bytes; a JSON body
// is checked here and goes on as binary. One request is one query: of a batch of pictures the
// constraints, the price and the choice of variant could not be stated for each, so more than one
// picture is refused with a message that says so (the worker batches across requests by itself).
#pragma once

#include <optional>
#include <string_view>

#include "brain/query.h"
#include "serve/config.h"
#include "serve/controller.h"
#include "serve/infer_request.h"
#include "wire/http_server.h"
#include "wire/loop.h"

namespace paragon {

// What a model name means: a task (the server picks the variant) or one variant.
struct ServedModel {
  TaskId task;
  std::optional<VariantId> pinned;
};
std::optional<ServedModel> find_model(const Catalog& catalog, std::string_view name);
http::Response unknown_model(const Catalog& catalog, std::string_view name);

class InferEndpoint {
 public:
  static constexpr std::size_t kParseInPool = 256 * 1024;  // bytes; larger bodies are parsed there

  InferEndpoint(Loop& loop, Controller& controller, const ServeConfig& config);

  void handle(const ServedModel& model, http::Request&& request, http::Reply reply);

 private:
  void submit(const ServedModel& model, TakenApart&& parsed, http::Reply reply);
  void refuse(http::Reply& reply, const Error& error);

  Loop& loop_;
  Controller& controller_;
  const ServeConfig& config_;
};

}  // namespace paragon
