namespace Spool;

/// <summary>Leave, set or clear: what a patch does to one member. The default value leaves it.</summary>
/// <typeparam name="T">The type of the member.</typeparam>
public readonly record struct Change<T>
    where T : class
{
    readonly T? _value;

    internal Change(T? value)
    {
        IsChange = true;
        _value = value;
    }

    /// <summary>Gets whether the member is set or cleared.</summary>
    public bool IsChange { get; }

    /// <summary>Gets whether the member is set to a value.</summary>
    public bool IsSet => _value is not null;

    /// <summary>Gets the value that is set.</summary>
    /// <exception cref="InvalidOperationException">The member is left or cleared.</exception>
    public T Value => _value ?? throw new InvalidOperationException("The change sets nothing.");

    /// <summary>Gives the member after the change.</summary>
    /// <param name="before">The member before it.</param>
    public T? Apply(T? before) => IsChange ? _value : before;

    /// <summary>Describes the change for a developer.</summary>
    public override string ToString() =>
        _value is { } value ? $"set to {value}"
        : IsChange ? "cleared"
        : "left";
}

/// <summary>Makes changes.</summary>
public static class Change
{
    /// <summary>Makes the change that sets a value.</summary>
    /// <typeparam name="T">The type of the member.</typeparam>
    /// <param name="value">The value.</param>
    public static Change<T> To<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>Makes the change that removes the value.</summary>
    /// <typeparam name="T">The type of the member.</typeparam>
    public static Change<T> Clear<T>()
        where T : class => new(null);
}
