// The configuration of `paragon serve`: one typed struct, from a YAML file and the command line.
//
//   paragon: 1
//   catalog: /etc/paragon/catalog.yaml
//   gateway: {http: "0.0.0.0:8000", token_file: /etc/paragon/token, tls_certificate: …, tls_key: …}
//   brain:   {scheme: paragon, tuning: {burst: 2}, machines_min: 1, machines_max: 16,
//             budget_usd_per_hour: 2.5}
//   cloud:   {kind: local}   or {kind: aws, deployment: shop, machines: {…}, functions: {…}}
//   defaults:
//     garment-classification: {latency_ms: 500, min_accuracy: 0.85}
//
// Unknown keys are refused: a misspelt bound would otherwise silently not hold.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "brain/settings.h"
#include "catalog/constraints.h"
#include "catalog/provisioned.h"
#include "cloud/aws/settings.h"
#include "cloud/local/settings.h"
#include "serve/controller.h"

namespace paragon {

struct GatewaySettings {
  std::string http = "127.0.0.1:8000";  // ADDR:PORT; port 0: the system chooses
  std::string metrics;                  // ADDR:PORT of a second listener for /metrics; empty: none
  std::string token;                    // bearer token that every request must carry; empty: none
  std::string tls_certificate;          // PEM; with the key: HTTPS
  std::string tls_key;
  std::size_t body_bytes_max = 64 * 1024 * 1024;  // 1 KiB to 1 GiB
  std::size_t connections_max = 4096;             // 1 to 100,000
  std::size_t in_flight_max = 10'000;             // accepted and not yet answered; more gets 503
};

struct ServeConfig {
  std::string catalog;     // file; empty: the shipped one
  std::string models_dir;  // overrides where model files are looked for
  std::string journal;     // file to write the journal to; empty: none
  std::string log_level = "info";
  std::string cloud = "local";                // or "aws"
  CpuMode cpu = CpuMode::automatic;           // how the local cloud imposes CPU shares
  std::optional<double> speed;                // overrides the speed of all offers
  std::uint64_t seed = 1;                     // of the local cloud's delays
  aws::AwsSettings aws;                       // of the cloud on AWS
  std::string functions_zip;                  // file with its functions' code; empty: none
  ProvisionedNames provisioned;               // environments of its functions that are kept
  Duration drain = std::chrono::seconds(30);  // patience for queries at shutdown
  GatewaySettings gateway;
  BrainSettings brain;
  ControllerSettings controller;
  std::map<std::string, Constraints> defaults;  // by task name
};

// Errors: all complaints, one a line, each with file, line, key, what was found and expected.
Result<ServeConfig> load_config(const std::string& file);

// What the file cannot know by itself: addresses parse, TLS has both halves, tasks exist, what is
// to be kept provisioned can be.
Status check(const ServeConfig& config, const Catalog& catalog);

struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool loopback() const;
};
Result<Address> parse_address(std::string_view text);  // "127.0.0.1:8000", "[::1]:0", ":8000"

// The first line of a file without white space around it, for tokens.
Result<std::string> read_token(const std::string& file);

}  // namespace paragon
