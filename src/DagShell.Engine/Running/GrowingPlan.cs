using DagShell.Engine.Graph;
using DagShell.Engine.Planning;

namespace DagShell.Engine.Running;

/// <summary>
/// What a run runs: what was planned before it, and the dags that come at the turn of nodes that stand for them. What is inside of such a
/// node starts when the node would, and among itself by a plan of its own: who went through all of a run's nodes for each dag that comes
/// would be slower the more there are.
/// </summary>
/// <remarks>Changed under the scheduler's lock; the graph, which does not change itself, may be had from any thread.</remarks>
internal sealed class GrowingPlan(DagPlan plan)
{
    private readonly List<StartKey> _keys = [];
    private volatile DagGraph _graph = plan.Graph;

    /// <summary>What is known to run.</summary>
    public DagGraph Graph => _graph;

    /// <summary>Adds the dag that a node stands for.</summary>
    public void Add(int dag, DagGraph inner)
    {
        var planOfInner = DagPlan.Create(inner);
        long first = KeyOf(dag).Rank + 1;
        for (int node = 0; node < inner.Count; node++)
        {
            _keys.Add(new StartKey(first + planOfInner.StartRank(node), inner[node].Priority));
        }

        _graph = _graph.With(dag, inner);
    }

    /// <summary>
    /// When a node goes among those that are ready. Between two that were planned before the run there is room for what comes at the turn
    /// of the first.
    /// </summary>
    public StartKey KeyOf(int node) => node < plan.Graph.Count
        ? new StartKey((long)plan.StartRank(node) << 32, plan.Graph.Has(node, NodeTraits.Priority) ? plan.Graph[node].Priority : 0)
        : _keys[node - plan.Graph.Count];
}
