// The gateway: the HTTP face of the deployment. Open Inference Protocol under /v2, the control API
// under /api/v1, metrics, and a status page.
//
// Inference and the protocol's read-only endpoints are open to whoever reaches the address (with a
// token configured: to whoever carries it). The control API, metrics, the page, and what changes
// the repository answer only to this computer, unless a token is configured.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "serve/config.h"
#include "serve/history.h"
#include "serve/infer.h"
#include "wire/http_server.h"

namespace paragon {

class Gateway {
 public:
  // Binds the configured addresses. Errors say which and why.
  static Result<std::unique_ptr<Gateway>> open(Loop& loop, Controller& controller,
                                               const ServeConfig& config);

  std::uint16_t port() const { return server_->port(); }
  std::uint16_t metrics_port() const { return metrics_ ? metrics_->port() : 0; }
  // No new connections; `drained` once every accepted request has been answered.
  void drain(std::function<void()> drained);

 private:
  using Path = std::vector<std::string_view>;
  Gateway(Loop& loop, Controller& controller, const ServeConfig& config);

  void handle(http::Request&& request, http::Reply reply);
  void health(const Path& path, http::Reply& reply);
  void models(const Path& path, http::Request&& request, http::Reply& reply);
  void model(const ServedModel& model, std::string_view verb, http::Request&& request,
             http::Reply& reply);
  void from_worker(const ServedModel& model, std::string_view suffix, const http::Reply& reply);
  void repository(const Path& path, const http::Request& request, http::Reply& reply);
  void api(const Path& path, const http::Request& request, http::Reply& reply);
  void sample();

  Loop& loop_;
  Controller& controller_;
  const ServeConfig& config_;
  InferEndpoint infer_;
  History history_;
  Sample last_totals_;  // running totals at the last sample
  Loop::Timer sample_timer_;
  bool draining_ = false;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Server> metrics_;
};

}  // namespace paragon
