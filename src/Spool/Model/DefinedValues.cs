using System.Runtime.CompilerServices;

namespace Spool.Storage;

/// <summary>Refuses numbers that were made values of an enum that has no such value, once for every store: that is misuse, as null
/// is.</summary>
public static class DefinedValues
{
    /// <summary>Refuses a value that its enum does not have.</summary>
    /// <typeparam name="T">An enum that is no set of flags.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="name">What the exception calls it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public static void Check<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentOutOfRangeException(name, value, $"{typeof(T).Name} has no such value.");
    }
}
