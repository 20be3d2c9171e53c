using System.Runtime.CompilerServices;

namespace Spool.Storage;

/// <summary>The states of something, and its only ways from one to another: for each state and each thing that happens, the next state. A
/// pair without a row cannot happen.</summary>
/// <typeparam name="TState">The states: an enum of <see cref="int"/> without gaps, from 0.</typeparam>
/// <typeparam name="TEvent">What happens: an enum of <see cref="int"/> without gaps, from 0.</typeparam>
/// <remarks>A type that has states declares one table, keeps the present state in a field, and changes that field in one method, which asks
/// the table. The section "States" of ARCHITECTURE.md has the rows of every table. Safe for use by many threads; a question costs a look
/// into an array.</remarks>
public sealed class StateTable<TState, TEvent>
    where TState : struct, Enum
    where TEvent : struct, Enum
{
    const int None = -1;

    readonly int _events = Enum.GetValues<TEvent>().Length;
    readonly int[] _next;

    /// <summary>Makes a table of its rows.</summary>
    /// <param name="rows">The rows: a state, what happens in it, and the state after it. The first state of the first row is the one that
    /// things begin with.</param>
    /// <exception cref="ArgumentException">There are no rows, or two for the same state and event.</exception>
    public StateTable(params IReadOnlyList<(TState State, TEvent Event, TState Next)> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        Rows = rows;
        _next = new int[Enum.GetValues<TState>().Length * _events];
        Array.Fill(_next, None);
        foreach (var (state, happened, next) in rows)
        {
            if (_next[IndexOf(state, happened)] != None)
                throw new ArgumentException($"{state} has two rows for {happened}.", nameof(rows));
            _next[IndexOf(state, happened)] = NumberOf(next);
        }
    }

    /// <summary>Gets the rows, in the order in which they were declared.</summary>
    public IReadOnlyList<(TState State, TEvent Event, TState Next)> Rows { get; }

    /// <summary>Gets the state that things begin with.</summary>
    public TState First => Rows[0].State;

    /// <summary>Gives the state after something happened.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="happened">What happened.</param>
    /// <exception cref="InvalidOperationException">It cannot happen in this state: a bug of the caller, who is to change
    /// nothing.</exception>
    public TState Next(TState state, TEvent happened)
    {
        var next = _next[IndexOf(state, happened)];
        return next == None
            ? throw new InvalidOperationException($"{happened} cannot happen to what is {state}; this is a bug in Spool.")
            : Unsafe.BitCast<int, TState>(next);
    }

    /// <summary>Gives the state after something happened to what a lock guards.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="gate">The lock, which the caller holds.</param>
    /// <exception cref="InvalidOperationException">As for the other overload, or the caller does not hold the lock.</exception>
    public TState Next(TState state, TEvent happened, Lock gate) =>
        gate is { IsHeldByCurrentThread: true }
            ? Next(state, happened)
            : throw new InvalidOperationException($"{happened} happened to what is {state} without its lock; this is a bug in Spool.");

    int IndexOf(TState state, TEvent happened) => NumberOf(state) * _events + NumberOf(happened);

    static int NumberOf<T>(T value)
        where T : struct, Enum => Unsafe.BitCast<T, int>(value);
}
