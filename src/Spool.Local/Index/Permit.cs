namespace Spool;

/// <summary>One of the places of a semaphore, given back at the end.</summary>
/// <param name="Places">The semaphore.</param>
readonly record struct Permit(SemaphoreSlim Places) : IDisposable
{
    public void Dispose() => Places.Release();
}
