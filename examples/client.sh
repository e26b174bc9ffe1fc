#!/bin/sh
# Requests to `nerium serve` with curl: sh examples/client.sh URL
# If the server needs a token, add: --header "authorization: Bearer $NERIUM_TOKEN"
set -eu
server=${1%/}

# One text.
curl --fail-with-body --silent "$server/v1/entities" \
  --header 'content-type: application/json' \
  --data '{"text": "Victoria Ashford works for Nexora."}'
echo

# Words that are already split, and only entities that the model is sure of.
curl --fail-with-body --silent "$server/v1/entities" \
  --header 'content-type: application/json' \
  --data '{"words": ["They", "drove", "to", "Thornville", "."], "threshold": 0.5}'
echo

# Any number of texts from standard input: one JSON string or object per line, and one answer per line.
printf '%s\n' '"They drove to Thornville."' '{"id": 7, "text": "Victoria Ashford works for Nexora."}' |
  curl --fail-with-body --silent "$server/v1/entities?aggregation_strategy=first" \
    --header 'content-type: application/x-ndjson' \
    --upload-file - --request POST

# Hugging Face's form.
curl --fail-with-body --silent "$server/" \
  --header 'content-type: application/json' \
  --data '{"inputs": "They drove to Thornville.", "parameters": {"aggregation_strategy": "simple"}}'
echo
