using DagShell.Engine.Graph;

namespace DagShell.Engine.Running;

/// <summary>What an attempt asks of the run that it belongs to. May be called from any thread.</summary>
internal interface IAttemptOwner
{
    /// <summary>What is run.</summary>
    DagGraph Graph { get; }

    /// <summary>The time, on the run's clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>What a node gave back; kept until its last dependent is in a final state.</summary>
    object? OutputOf(int node);

    /// <summary>How a node in a final state ended.</summary>
    DependencyEnd EndOf(int node);

    /// <summary>The work of the attempt in a slot begins.</summary>
    void OnBegun(int slot);

    /// <summary>The attempt in a slot has ended. Told once of each attempt.</summary>
    void OnEnded(int slot, AttemptOutcome outcome);
}
