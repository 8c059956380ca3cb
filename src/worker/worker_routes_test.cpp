#include "worker/worker_routes.h"

#include <gtest/gtest.h>

namespace paragon {
namespace {

using What = WorkerRoute::What;

WorkerRoute route(const std::string& path, http::Method method = http::Method::get) {
  http::Request request;
  request.path = path;
  request.method = method;
  return worker_route(request);
}

TEST(WorkerRoutes, Everything) {
  const struct {
    const char* path;
    What what;
    const char* model;
  } table[] = {
      {"/v2", What::server, ""},
      {"/v2/", What::server, ""},
      {"/v2/health/live", What::live, ""},
      {"/v2/health/ready", What::ready, ""},
      {"/v2/models", What::models, ""},
      {"/v2/models/stats", What::stats, ""},
      {"/v2/models/m", What::metadata, "m"},
      {"/v2/models/m/ready", What::model_ready, "m"},
      {"/v2/models/m/versions/any", What::metadata, "m"},
      {"/v2/models/m/versions/1/ready", What::model_ready, "m"},
      {"/v2/models/m/stats", What::stats, "m"},
      {"/v2/models/m/config", What::config, "m"},
      {"/paragon/v1/instance", What::instance, ""},
  };
  for (const auto& row : table) {
    const auto found = route(row.path);
    EXPECT_FALSE(found.error) << row.path;
    EXPECT_TRUE(found.allowed) << row.path;
    EXPECT_EQ(found.what, row.what) << row.path;
    EXPECT_EQ(found.model, row.model) << row.path;
    EXPECT_FALSE(route(row.path, http::Method::post).allowed) << row.path;
  }
  const auto post = http::Method::post;
  EXPECT_EQ(route("/v2/models/m/infer", post).what, What::infer);
  EXPECT_EQ(route("/v2/models/m/versions/2/infer", post).model, "m");
  EXPECT_EQ(route("/v2/repository/index", post).what, What::index);
  EXPECT_EQ(route("/v2/repository/here/index", post).what, What::index);
  EXPECT_EQ(route("/v2/repository/models/m/load", post).what, What::load);
  EXPECT_EQ(route("/v2/repository/here/models/m/unload", post).what, What::unload);
  EXPECT_FALSE(route("/v2/models/m/infer").allowed);
}

TEST(WorkerRoutes, NothingElse) {
  for (const char* path : {"", "/", "/v1", "/paragon/v1", "/instance", "/v2/x", "/v2/health",
                           "/v2/models/m/x", "/v2/models/m/versions", "/v2/repository",
                           "/v2/repository/models/m", "/v2/repository/models/m/load/x"}) {
    EXPECT_TRUE(route(path).error) << path;
  }
}

}  // namespace
}  // namespace paragon
