using System.Text;
using DagShell.Engine.Analysis;
using DagShell.Engine.Graph;
using DagShell.Engine.Running;
using DagShell.Pictures.Formats;
using DagShell.Pictures.Reports;

namespace DagShell.Pictures.Tests.Json;

/// <summary>
/// JSON files letter by letter: other programs read them, so no property may come, go, move or be written in another way unnoticed.
/// </summary>
public class JsonTests
{
    private static readonly DateTimeOffset Start = new(DateTime.SpecifyKind(new DateTime(2026, 1, 2, 3, 4, 5), DateTimeKind.Local));

    private static readonly DagGraph Graph = DagGraph.Create(
        [
            new Node("Get <é>") { Description = "from \"there\"", EstimatedDuration = TimeSpan.FromSeconds(1.5), Priority = 3 },
            new Node("Put")
            {
                DependsOn = ["Get <é>"],
                TriggerRule = TriggerRule.AllDone,
                Pool = "sql",
                Retry = new RetryPolicy { Count = 2 },
                Timeout = TimeSpan.FromMinutes(1),
                ContinueOnError = true,
            },
        ],
        [],
        new Dictionary<string, int> { ["sql"] = 1 });

    [Fact]
    public void A_dag_says_only_what_is_not_usual() => Assert.Equal(
        """
        {
          "format": "DagShell.Dag",
          "version": 1,
          "name": null,
          "description": "why",
          "nodes": [
            {
              "name": "Get \u003Cé\u003E",
              "level": 0,
              "description": "from \u0022there\u0022",
              "priority": 3,
              "estimatedDuration": 1.5
            },
            {
              "name": "Put",
              "level": 1,
              "triggerRule": "AllDone",
              "pool": "sql",
              "retryCount": 2,
              "timeout": 60,
              "continueOnError": true
            }
          ],
          "edges": [
            {
              "from": "Get \u003Cé\u003E",
              "to": "Put"
            }
          ]
        }
        """,
        Written(stream => PictureFile.Write(DagPicture.Of(null, "why", Graph), DagPictureFormat.Json, stream)));

    [Fact]
    public void A_run_says_how_each_attempt_went() => Assert.Equal(
        $$"""
        {
          "format": "DagShell.Run",
          "version": 1,
          "id": "00000000-0000-0000-0000-000000000000",
          "name": "night",
          "description": null,
          "status": "Failed",
          "startTime": "{{At(0)}}",
          "endTime": "{{At(4)}}",
          "throttleLimit": 2,
          "figures": {
            "makespan": 4,
            "totalWork": 3,
            "criticalPathLength": 4,
            "criticalPath": [
              "Get \u003Cé\u003E",
              "Put"
            ],
            "averageParallelism": 0.75,
            "lowerBound": 4,
            "limitedBy": "CriticalPath",
            "efficiency": 1,
            "retryTime": 1,
            "waitTime": 1,
            "slotWaitTime": 0,
            "poolWaitTime": 0,
            "retryWaitTime": 1,
            "preconditionWaitTime": 0,
            "runspaceWaitTime": 0,
            "polls": 0,
            "nodesByState": {
              "pending": 0,
              "ready": 0,
              "running": 0,
              "waiting": 0,
              "succeeded": 1,
              "failed": 1,
              "skipped": 0,
              "cancelled": 0
            },
            "bottlenecks": [
              {
                "name": "Put",
                "duration": 3,
                "saving": 3
              },
              {
                "name": "Get \u003Cé\u003E",
                "duration": 1,
                "saving": 1
              }
            ]
          },
          "nodes": [
            {
              "name": "Get \u003Cé\u003E",
              "state": "Succeeded",
              "isCritical": true,
              "dependsOn": [],
              "startTime": "{{At(0)}}",
              "endTime": "{{At(1)}}",
              "duration": 1,
              "waits": [],
              "polls": 0,
              "attempts": [
                {
                  "number": 1,
                  "slot": 0,
                  "startTime": "{{At(0)}}",
                  "endTime": "{{At(1)}}",
                  "outcome": "Succeeded"
                }
              ]
            },
            {
              "name": "Put",
              "state": "Failed",
              "isCritical": true,
              "dependsOn": [
                "Get \u003Cé\u003E"
              ],
              "pool": "sql",
              "readyTime": "{{At(1)}}",
              "startTime": "{{At(1)}}",
              "endTime": "{{At(4)}}",
              "duration": 3,
              "waits": [
                {
                  "kind": "Retry",
                  "startTime": "{{At(2)}}",
                  "duration": 1
                }
              ],
              "polls": 0,
              "message": "full",
              "position": "x.ps1:5",
              "attempts": [
                {
                  "number": 1,
                  "slot": 1,
                  "startTime": "{{At(1)}}",
                  "endTime": "{{At(2)}}",
                  "outcome": "Failed",
                  "failure": "AttemptTimedOut",
                  "message": "late"
                },
                {
                  "number": 2,
                  "slot": 0,
                  "startTime": "{{At(3)}}",
                  "endTime": "{{At(4)}}",
                  "outcome": "Failed",
                  "failure": "Error",
                  "message": "full"
                }
              ]
            }
          ]
        }
        """,
        Written(stream => RunReportFile.Write(Run(), DagReportFormat.Json, stream)));

    [Fact]
    public void A_trace_has_names_slices_waits_and_flows() => Assert.Equal(
        """{"displayTimeUnit":"ms","otherData":{"run":"00000000-0000-0000-0000-000000000000","status":"Failed","startTime":"""
            + $"\"{At(0)}\"" + "},"
        + """
        "traceEvents":[{"ph":"M","name":"process_name","pid":1,"tid":0,"args":{"name":"night"}},
        {"ph":"M","name":"thread_name","pid":1,"tid":1,"args":{"name":"slot 1"}},
        {"ph":"M","name":"thread_name","pid":1,"tid":2,"args":{"name":"slot 2"}},
        {"ph":"X","name":"Get \u003Cé\u003E","pid":1,"tid":1,"cat":"succeeded","ts":0,"dur":1000000,"cname":"good","args":{"attempt":1,"outcome":"Succeeded","state":"Succeeded","criticalPath":true}},
        {"ph":"X","name":"Put","pid":1,"tid":1,"cat":"failed","ts":3000000,"dur":1000000,"cname":"terrible","args":{"attempt":2,"outcome":"Failed","message":"full","state":"Failed","criticalPath":true}},
        {"ph":"X","name":"Put","pid":1,"tid":2,"cat":"failed","ts":1000000,"dur":1000000,"cname":"terrible","args":{"attempt":1,"outcome":"Failed","message":"late","state":"Failed","criticalPath":true}},
        {"ph":"b","name":"Put","pid":1,"tid":1,"cat":"wait","id":1,"ts":2000000,"args":{"wait":"Retry"}},
        {"ph":"e","name":"Put","pid":1,"tid":1,"cat":"wait","id":1,"ts":3000000},
        {"ph":"s","name":"edge","pid":1,"tid":1,"cat":"edge","id":1,"ts":999999},
        {"ph":"f","name":"edge","pid":1,"tid":2,"cat":"edge","id":1,"ts":1000000,"bp":"e"}]}
        """.ReplaceLineEndings(string.Empty),
        Written(stream => RunReportFile.Write(Run(), DagReportFormat.Trace, stream)));

    private static RunSnapshot Run() => new(
        new RunHistory
        {
            Graph = Graph,
            ThrottleLimit = 2,
            Status = RunStatus.Failed,
            StartTime = Start,
            EndTime = Start.AddSeconds(4),
            Nodes =
            [
                new NodeHistory(NodeState.Succeeded, Start, Start.AddSeconds(1),
                    [Attempt(1, 0, 0, AttemptOutcomeKind.Succeeded, null, null)]),
                new NodeHistory(
                    NodeState.Failed,
                    Start.AddSeconds(1),
                    Start.AddSeconds(4),
                    [
                        Attempt(1, 1, 1, AttemptOutcomeKind.Failed, FailureKind.AttemptTimedOut, "late"),
                        Attempt(2, 0, 3, AttemptOutcomeKind.Failed, FailureKind.Error, "full"),
                    ])
                {
                    ReadyTime = Start.AddSeconds(1),
                    Waits = [new WaitRecord(NodeWaitKind.Retry, Start.AddSeconds(2), Start.AddSeconds(3))],
                },
            ],
        },
        [default, new NodeEnding("full", "x.ps1:5", null)])
    {
        Id = Guid.Empty,
        Name = "night",
    };

    private static AttemptRecord Attempt(int number, int slot, int second, AttemptOutcomeKind outcome, FailureKind? failure,
        string? message) =>
        new(number, slot, Start.AddSeconds(second), Start.AddSeconds(second + 1), outcome, failure, message);

    private static string At(int second) =>
        Start.AddSeconds(second).ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture);

    private static string Written(Action<Stream> write)
    {
        using MemoryStream stream = new();
        write(stream);
        return Encoding.UTF8.GetString(stream.ToArray()).ReplaceLineEndings("\n");
    }
}
