namespace Spool.Local.Tests;

/// <summary>Calls that may fail only with a documented error of stored data.</summary>
static class Documented
{
    public static async Task CallAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (ThreadStoreException e)
        {
            Assert.Contains(e.Code, (ThreadStoreErrorCode[])[ThreadStoreErrorCode.Corrupt, ThreadStoreErrorCode.Unsupported]);
        }
    }
}
