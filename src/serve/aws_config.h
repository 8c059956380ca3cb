// The part of a configuration that says how to use AWS.
//
//   cloud:
//     kind: aws
//     deployment: shop            # names what belongs together
//     region: eu-central-1
//     machines:  {image: ami-…, subnets: [subnet-…], security_groups: [sg-…], instance_profile: …}
//     functions: {zip: function.zip, role: "arn:aws:iam::…:role/…",
//                 provisioned: {lambda-1769mb: {garment_m: 2}}}
#pragma once

#include <string>

#include "cloud/aws/settings.h"
#include "serve/config_reader.h"

namespace paragon {

struct ServeConfig;

// The keys below `cloud` that are about AWS. Both arguments outlive the reading.
ConfigReader::Keys aws_keys(ConfigReader& read, ServeConfig& config);

// The settings of a configuration's cloud on AWS, with its functions' code read from its file and a
// name for this start of the controller. Errors: not_found (no such file).
Result<aws::AwsSettings> aws_settings(const ServeConfig& config);

}  // namespace paragon
