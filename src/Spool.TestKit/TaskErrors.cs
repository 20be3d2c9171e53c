namespace Spool.TestKit;

/// <summary>What calls fail with.</summary>
static class TaskErrors
{
    /// <summary>Gives the error of the task that a call returns, or null. What is thrown before there is a task fails the test.</summary>
    public static async Task<Exception?> OfAsync(Func<Task> call)
    {
        var task = call();
        try
        {
            await task;
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
